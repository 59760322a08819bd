"""What a user would pick instead of this library, each as a small adapter, measured on the same files for speed and for
recall: see `compare.py`.
"""
