"""Readers of file formats; they run in a child process.

They import the standard library, pypdf and each other, by relative imports only: the
child loads this package by its path, without the integration around it.
"""
