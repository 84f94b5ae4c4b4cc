"""The catalogue of datasets in three layers, their licences as code, and what goes into a use case."""
