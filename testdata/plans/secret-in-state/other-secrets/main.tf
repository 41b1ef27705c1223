provider "aws" {
  region = "eu-west-1"
}

resource "aws_ssm_parameter" "password" {
  name  = "password"
  type  = "SecureString"
  value = "correct horse battery staple"
}

resource "aws_secretsmanager_secret_version" "password" {
  secret_id     = "password"
  secret_string = "correct horse battery staple"
}
