# On paper the form squares a denominator, which overflows in float32 from logits of 45 on; the program that runs keeps the form of the rules.
import numpy as np, autograd as ag
z = ag.Tensor(np.array([45.0, 45.0], np.float32), name="z")
E = np.exp(z)
print(ag.derive((E / np.sum(E))[0], convention="true"))
