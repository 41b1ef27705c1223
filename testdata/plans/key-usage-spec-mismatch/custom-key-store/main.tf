provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "asymmetric" {
  custom_key_store_id      = "cks-1234567890abcdef0"
  customer_master_key_spec = "RSA_2048"
}

resource "aws_kms_key" "multi_region" {
  custom_key_store_id = "cks-1234567890abcdef0"
  multi_region        = true
}

resource "aws_kms_key" "plain" {
  custom_key_store_id = "cks-1234567890abcdef0"
}

resource "aws_kms_key" "single_region" {
  custom_key_store_id      = "cks-1234567890abcdef0"
  customer_master_key_spec = "SYMMETRIC_DEFAULT"
  key_usage                = "ENCRYPT_DECRYPT"
  multi_region             = false
}
