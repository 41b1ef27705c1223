provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"

  lifecycle {
    create_before_destroy = true
  }
}
