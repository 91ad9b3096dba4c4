"""Files: written whole, read strictly, kept inside their folder.

What a comparison reads and writes goes through `System`: a test may have files of its own in the
place of this machine's.
"""
