"""From problems to answers: values, gradients, Jacobians, products, Hessians, series, programs."""
