provider "aws" {
  region = "eu-west-1"
}

variable "password" {
  type      = string
  sensitive = true
}

resource "aws_kms_custom_key_store" "hsm" {
  cloud_hsm_cluster_id     = "cluster-1a23b4cdefg"
  custom_key_store_name    = "hsm"
  key_store_password       = var.password
  trust_anchor_certificate = "-----BEGIN CERTIFICATE-----"
}
