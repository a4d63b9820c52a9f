"""What several signposts say."""

FIT = 'nn.fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=2'
DEVICE = "There is one device, the processor: leave it out."
UNITS = "Units stand on axis 0, samples on the last axis: leave it out."
EVERYWHERE = "It takes data of any rank: features or channels stand first, samples last."
OF_ITS_OWN = "An activation is a layer of its own."
KEEP = "It is the probability of keeping a unit: 1 − p."
ONE_WAY = "There is one way to do it: leave it out."
