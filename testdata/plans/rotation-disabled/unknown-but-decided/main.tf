provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "switch" {
  input = true
}

resource "terraform_data" "text" {
  input = "SYMMETRIC_DEFAULT"
}

resource "aws_kms_key" "rotates" {
  enable_key_rotation      = true
  is_enabled               = terraform_data.switch.output
  customer_master_key_spec = terraform_data.text.output
}

resource "aws_kms_key" "asymmetric" {
  enable_key_rotation      = terraform_data.switch.output
  customer_master_key_spec = "RSA_2048"
}

resource "aws_kms_key" "disabled" {
  enable_key_rotation      = terraform_data.switch.output
  customer_master_key_spec = terraform_data.text.output
  is_enabled               = false
}
