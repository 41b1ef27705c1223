provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "signing" {
  customer_master_key_spec = "RSA_4096"
  key_usage                = "SIGN_VERIFY"
  enable_key_rotation      = true
  rotation_period_in_days  = 730
}
