provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "switch" {
  input = true
}

resource "terraform_data" "text" {
  input = "SYMMETRIC_DEFAULT"
}

resource "aws_kms_key" "rotation" {
  enable_key_rotation = terraform_data.switch.output
}

resource "aws_kms_key" "enabled" {
  is_enabled = terraform_data.switch.output
}

resource "aws_kms_key" "spec" {
  customer_master_key_spec = terraform_data.text.output
}

resource "aws_kms_key" "store" {
  custom_key_store_id = terraform_data.text.output == "SYMMETRIC_DEFAULT" ? null : terraform_data.text.output
}
