provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "text" {
  input = ""
}

resource "aws_kms_key" "spec" {
  customer_master_key_spec = terraform_data.text.output
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "usage" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = terraform_data.text.output
}

resource "aws_kms_key" "multi_region" {
  custom_key_store_id = "cks-1234567890abcdef0"
  multi_region        = terraform_data.text.output != ""
}

resource "aws_kms_key" "store" {
  custom_key_store_id = terraform_data.text.output == "" ? null : terraform_data.text.output
  multi_region        = true
}
