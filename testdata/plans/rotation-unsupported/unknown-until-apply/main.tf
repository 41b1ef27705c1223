provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "rotation" {
  input = true
}

resource "terraform_data" "spec" {
  input = "RSA_2048"
}

resource "terraform_data" "store" {
  input = ""
}

resource "aws_kms_key" "rotation" {
  customer_master_key_spec = "RSA_2048"
  enable_key_rotation      = terraform_data.rotation.output
}

resource "aws_kms_key" "spec" {
  customer_master_key_spec = terraform_data.spec.output
  enable_key_rotation      = true
}

resource "aws_kms_key" "store" {
  custom_key_store_id = terraform_data.store.output == "" ? null : terraform_data.store.output
  enable_key_rotation = true
}
