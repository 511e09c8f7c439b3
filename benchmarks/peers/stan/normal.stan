// Observations with known noise. PRIOR is the prior of tau.
data {
  int<lower=1> N;
  int<lower=1> K;
  array[N] int<lower=1, upper=K> group;
  vector[N] y;
  vector<lower=0>[N] sigma;
}
parameters {
  real mu;
  real<lower=0> tau;
  vector/*<offset=mu, multiplier=tau>*/[K] theta;
}
model {
  mu ~ normal(0, 5);
  tau ~ PRIOR(0, 5);
  theta ~ normal(mu, tau);
  y ~ normal(theta[group], sigma);
}
