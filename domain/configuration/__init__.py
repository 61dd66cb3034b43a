"""Published settings of post-purchase actions, one stream per setting: see `setting`."""
