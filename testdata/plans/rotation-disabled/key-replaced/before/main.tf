provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "symmetric" {
  customer_master_key_spec = "RSA_2048"
}

resource "aws_kms_key" "asymmetric" {
  description = "Not rotated yet"
}
