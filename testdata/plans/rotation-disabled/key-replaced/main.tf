provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "symmetric" {
  description = "Symmetric now"
}

resource "aws_kms_key" "asymmetric" {
  description              = "Not symmetric any more"
  customer_master_key_spec = "RSA_2048"
}
