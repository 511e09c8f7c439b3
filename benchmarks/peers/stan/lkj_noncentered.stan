// Correlated intercepts and slopes, noncentered: standardised effects times the factor.
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
  matrix[2, K] z;
}
transformed parameters {
  real rho = factor[2, 1];
  matrix[K, 2] u = (rep_matrix(mu, K) + diag_pre_multiply(sd, factor) * z)';
}
model {
  mu ~ normal(0, 2);
  sd ~ exponential(1);
  factor ~ lkj_corr_cholesky(2);
  sigma ~ normal(0, 2);
  to_vector(z) ~ std_normal();
  y ~ normal(u[group, 1] + u[group, 2] .* x, sigma);
}
