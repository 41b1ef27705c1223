provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "text" {
  input = ""
}

resource "aws_kms_key" "multi_region" {
  multi_region = terraform_data.text.output != ""
}

resource "aws_kms_key" "store" {
  custom_key_store_id      = "cks-1234567890abcdef0"
  customer_master_key_spec = terraform_data.text.output
  multi_region             = true
}
