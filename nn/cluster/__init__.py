"""`nn.fit(cluster=client)`: training that several machines share, by Dask distributed. Needs the extra `dask`.

Each worker holds some of the columns, for the whole training. In each step it is given the parameters, and gives back
cost and gradients of its columns; their sum, weighted by the number of columns, is the gradient of all. Only this
process has the optimizer, so a worker that is lost takes nothing with it but columns, which another one is given.

    source     the Source of such a training: what fit asks for the gradients of a batch
    crew       the workers, and who holds what
    blocks     the columns, in pieces that are dealt out
    share      what a worker does
    draws      random numbers: each column gets those that it would have got on one machine
    additive   whether the cost of a batch is the mean of the costs of its columns, without which none of this is right
"""

from nn.cluster.blocks import prepared as prepared
from nn.cluster.crew import ClusterError as ClusterError
from nn.cluster.source import Cluster as Cluster
