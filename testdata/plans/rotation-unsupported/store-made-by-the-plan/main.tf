provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_custom_key_store" "hsm" {
  cloud_hsm_cluster_id     = "cluster-1a23b4cdefg"
  custom_key_store_name    = "hsm"
  key_store_password       = "kmsPswd1"
  trust_anchor_certificate = "-----BEGIN CERTIFICATE-----"
}

resource "aws_kms_key" "app" {
  custom_key_store_id = aws_kms_custom_key_store.hsm.id
  enable_key_rotation = true
}
