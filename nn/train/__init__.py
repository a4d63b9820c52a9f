"""Training: `fit`, a loop over the steps of a Trainer; what it keeps, shows, and says where it cannot go on."""

from nn.train.fit import fit as fit
from nn.train.history import History as History
from nn.train.metrics import accuracy as accuracy
from nn.train.sources import Batch as Batch, Computed as Computed, Source as Source
from nn.train.stopping import TrainingError as TrainingError
from nn.train.trainer import Figures as Figures, Trainer as Trainer
