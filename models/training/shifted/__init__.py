"""The shifted set: scenes whose designs, fonts, portraits, backgrounds and degradation no training ever saw.

Nothing here may be used for training, and nothing that draws or spoils the training scenes may be used here.
"""
