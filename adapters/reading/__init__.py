"""What people look at, read for whichever door asks: the API and the command line alike."""
