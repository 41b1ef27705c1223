provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "cloudhsm" {
  custom_key_store_id = "cks-1234567890abcdef0"
  enable_key_rotation = true
}

resource "aws_kms_key" "external" {
  custom_key_store_id = "cks-1234567890abcdef1"
  xks_key_id          = "bb8562717f809024"
  enable_key_rotation = true
}

resource "aws_kms_key" "none" {
  custom_key_store_id = null
  enable_key_rotation = true
}
