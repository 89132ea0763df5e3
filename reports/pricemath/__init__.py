"""The price-math report: how each price of a batch came to be. Pure: values in, bytes out."""
