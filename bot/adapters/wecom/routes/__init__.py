"""The roads to WeCom: one module each, all of the same shape. The adapter tries them in its documented order."""
