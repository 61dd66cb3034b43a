"""The payments index: whose payment a provider speaks of when it names a transaction."""
