// Log rates with a population mean and a common slope.
data {
  int<lower=1> N;
  int<lower=1> K;
  array[N] int<lower=1, upper=K> group;
  vector[N] x;
  array[N] int<lower=0> y;
}
parameters {
  real mu;
  real<lower=0> tau;
  real slope;
  vector/*<offset=mu, multiplier=tau>*/[K] theta;
}
model {
  mu ~ normal(0, 2);
  tau ~ normal(0, 1);
  slope ~ normal(0, 2);
  theta ~ normal(mu, tau);
  y ~ poisson_log(theta[group] + slope * x);
}
