provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.app.key_id
  plaintext = "correct horse battery staple"
}
