provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "tokens" {
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
}
