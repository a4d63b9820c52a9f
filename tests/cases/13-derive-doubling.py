# Eleven times x = x + x: dx = 2048, in lines that stay short.
import autograd as ag

x = y = ag.Tensor(1.5, name="x")
for _ in range(11):
    y = y + y
print(ag.derive(y, convention="true"))
