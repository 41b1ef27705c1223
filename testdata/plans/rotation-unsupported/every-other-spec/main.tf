provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = {
    ECC_NIST_P256     = "KEY_AGREEMENT"
    ECC_SECG_P256K1   = "SIGN_VERIFY"
    HMAC_256          = "GENERATE_VERIFY_MAC"
    RSA_2048          = "ENCRYPT_DECRYPT"
    SM2               = "SIGN_VERIFY"
    SYMMETRIC_DEFAULT = "ENCRYPT_DECRYPT"
  }

  customer_master_key_spec = each.key
  key_usage                = each.value
  enable_key_rotation      = true
}
