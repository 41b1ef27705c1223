provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "material" {
  input = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
}

resource "aws_kms_key" "wrapping" {
  enable_key_rotation = true
}

resource "aws_kms_ciphertext" "material" {
  key_id    = aws_kms_key.wrapping.key_id
  plaintext = "material"
}

resource "aws_kms_external_key" "output" {
  key_material_base64 = terraform_data.material.output
}

resource "aws_kms_external_key" "ciphertext" {
  key_material_base64 = aws_kms_ciphertext.material.ciphertext_blob
}
