provider "aws" {
  region = "eu-west-1"
}

removed {
  from = aws_kms_key.app

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_kms_alias.app

  lifecycle {
    destroy = false
  }
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}
