provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "tokens" {
  key_spec  = "HMAC_256"
  key_usage = "ENCRYPT_DECRYPT"
}

resource "aws_kms_external_key" "signing" {
  key_spec  = "ECC_NIST_P256"
  key_usage = "SIGN_VERIFY"
}

resource "aws_kms_external_key" "app" {
  description = "Application data"
}
