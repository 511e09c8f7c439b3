// Correlated intercepts and slopes, centered.
data {
  int<lower=1> N;
  int<lower=1> K;
  array[N] int<lower=1, upper=K> group;
  vector[N] x;
  vector[N] y;
}
parameters {
  vector[2] mu;
  vector<lower=0>[2] sd;
  cholesky_factor_corr[2] factor;
  real<lower=0> sigma;
  array[K] vector[2] u;
}
transformed parameters {
  real rho = factor[2, 1];
}
model {
  mu ~ normal(0, 2);
  sd ~ exponential(1);
  factor ~ lkj_corr_cholesky(2);
  sigma ~ normal(0, 2);
  u ~ multi_normal_cholesky(mu, diag_pre_multiply(sd, factor));
  y ~ normal(to_vector(u[group, 1]) + to_vector(u[group, 2]) .* x, sigma);
}
