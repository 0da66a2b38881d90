"""The drivers: they order the stages, publish what they give, and write down what went in and came out."""
