provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "rotation" {
  input = true
}

resource "terraform_data" "spec" {
  input = "RSA_2048"
}

resource "aws_kms_key" "symmetric" {
  enable_key_rotation = terraform_data.rotation.output
}

resource "aws_kms_key" "off" {
  customer_master_key_spec = terraform_data.spec.output
  enable_key_rotation      = false
}

resource "aws_kms_key" "stored" {
  customer_master_key_spec = terraform_data.spec.output
  custom_key_store_id      = "cks-1234567890abcdef0"
  enable_key_rotation      = true
}
