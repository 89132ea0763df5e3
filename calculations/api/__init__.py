"""The HTTP door of calculations: batches, their prices, and what people decide about them."""
