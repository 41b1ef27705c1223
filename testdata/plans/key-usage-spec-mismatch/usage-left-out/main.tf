provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = toset([
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "SM2",
    "SYMMETRIC_DEFAULT",
  ])

  customer_master_key_spec = each.key
}
