"""Words for people: times, codes and amounts as the command line and the pages show them."""
