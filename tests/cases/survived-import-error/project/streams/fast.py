from . import _native
import snappier
