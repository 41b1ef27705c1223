provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

ephemeral "aws_kms_secrets" "database" {
  secret {
    name    = "password"
    payload = "AQICAHgTWpPvpzSQBjVaNyaSCcBnN0wRYy4y"
  }
}

resource "aws_kms_ciphertext" "password" {
  key_id               = aws_kms_key.app.key_id
  plaintext_wo         = ephemeral.aws_kms_secrets.database.plaintext["password"]
  plaintext_wo_version = 1
}
