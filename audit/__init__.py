"""scf-audit tells, before a deploy, whether a project will run on a serverless Python."""

__version__ = "0.1.0"
