provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = toset(["ECC_NIST_EDWARDS25519", "ML_DSA_44", "ML_KEM_768", "ML_NEW_1"])

  customer_master_key_spec = each.key
}

resource "aws_kms_key" "signing" {
  for_each = toset(["ECC_NIST_EDWARDS25519", "ML_DSA_44"])

  customer_master_key_spec = each.key
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "encapsulation" {
  customer_master_key_spec = "ML_KEM_768"
  key_usage                = "ENCAPSULATE_DECAPSULATE"
}
