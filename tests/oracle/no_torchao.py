"""An empty torchao, for torchtune: it quantises models, and none is made here. Importing this module is enough."""

import importlib.machinery
import sys
import types


class Thing:
    """Whatever a name stands for: a class, or a maker of decorators."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, one):
        return one


class Anything(types.ModuleType):
    """A module that has every name: torchao quantises models, and none is made here."""

    def __init__(self, name):
        super().__init__(name)
        self.__spec__ = importlib.machinery.ModuleSpec(name, self)
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Thing,), {})


class Finder:
    """Finds torchao and everything in it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] == "torchao":
            return importlib.machinery.ModuleSpec(name, Finder, is_package=True)

    @staticmethod
    def create_module(spec):
        return Anything(spec.name)

    @staticmethod
    def exec_module(module):
        module.__version__ = "0.9.0"


sys.meta_path.insert(0, Finder)
